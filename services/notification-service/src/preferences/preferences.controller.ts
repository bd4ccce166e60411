import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, requireUser, Returns, type Identity } from '@reseller/http';
import { ChoosePreferences } from './choose-preferences.js';
import { PreferenceQueries } from './preference.queries.js';
import { preferencesBody, preferencesView, type PreferencesBody, type PreferencesView } from './preferences.schemas.js';

@ApiTags('notifications')
@Controller('notifications/preferences')
export class PreferencesController {
  constructor(
    private readonly preferences: PreferenceQueries,
    private readonly choosePreferences: ChoosePreferences,
  ) {}

  @Get()
  @Returns(preferencesView, { description: 'What the caller is told, and how' })
  async show(@Caller() caller: Identity): Promise<PreferencesView> {
    return this.preferences.of(requireUser(caller));
  }

  @Put()
  @Returns(preferencesView, { description: 'What the caller is told, after the change' })
  async choose(
    @Body({ schema: preferencesBody }) body: PreferencesBody,
    @Caller() caller: Identity,
  ): Promise<PreferencesView> {
    const userId = requireUser(caller);
    await this.choosePreferences.execute(userId, body.preferences);
    return this.preferences.of(userId);
  }
}
